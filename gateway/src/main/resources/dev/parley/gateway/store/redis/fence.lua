-- KEYS[1] the fence of a name; ARGV[1] for how many milliseconds it is kept.
local time = redis.call('TIME')
local fence = time[1] * 1000 + math.floor(time[2] / 1000)
local newest = redis.call('GET', KEYS[1])
if newest and tonumber(newest) >= fence then
  fence = tonumber(newest) + 1
end
local text = string.format('%.0f', fence)
redis.call('SET', KEYS[1], text, 'PX', ARGV[1])
return text
