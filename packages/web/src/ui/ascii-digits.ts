const isDigit = (codePoint: number): boolean => /\p{Nd}/u.test(String.fromCodePoint(codePoint))

/** A digit of any script as one of `0` to `9`: each script has its ten in a row. */
function asciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) ?? 0
  let first = codePoint
  while (isDigit(first - 1)) first -= 1
  return String((codePoint - first) % 10)
}

/** The digits in what was typed, whatever script they are of; nothing else of it. */
export const asciiDigits = (typed: string): string => typed.replace(/\P{Nd}/gu, '').replace(/\p{Nd}/gu, asciiDigit)
