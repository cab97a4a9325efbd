/** Whether a keyboard comes up over the page where somebody writes. */
export const hasTouchKeyboard = (): boolean => matchMedia('(pointer: coarse)').matches
