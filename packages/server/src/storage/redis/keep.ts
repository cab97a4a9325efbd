/**
 * In scripts: `now`, and a function by which a key is kept until `goesAt` at least, or for `keptMs` from now where that
 * is empty. Answers when the key goes.
 */
export const KEEP = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function keep(key, goesAt, keptMs)
  if goesAt == '' then
    redis.call('PEXPIRE', key, keptMs)
    return now + tonumber(keptMs)
  end
  local left = redis.call('PTTL', key)
  if left >= 0 and now + left >= tonumber(goesAt) then return now + left end
  redis.call('PEXPIREAT', key, goesAt)
  return tonumber(goesAt)
end
`
