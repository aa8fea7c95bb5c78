-- KEYS[1] when each lease ends, KEYS[2] the fence of each; ARGV[1] its name, ARGV[2] the fence, ARGV[3] milliseconds.
-- A lease that has ended is kept for a while, so that it is not renewed under its fence: see leases.lua.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
local fence = redis.call('HGET', KEYS[2], ARGV[1])
if fence and tonumber(fence) > tonumber(ARGV[2]) then
  return 0
end
if fence and tonumber(fence) == tonumber(ARGV[2]) and not (ends and tonumber(ends) > now) then
  return 0
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
