-- KEYS[1] when each lease ends, KEYS[2] the fence of each; ARGV[1] its name, ARGV[2] the fence.
local fence = redis.call('HGET', KEYS[2], ARGV[1])
if not fence or tonumber(fence) ~= tonumber(ARGV[2]) then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ends and tonumber(ends) > now then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
end
return 1
