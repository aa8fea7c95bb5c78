-- KEYS[1] when each lease ends, KEYS[2] the fence of each; ARGV[1] the beginning of the names. Answers names and fences.
-- What ended an hour ago is forgotten: a fence that is asked for since then is larger.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - 3600000), 'LIMIT', 0, 1000)
if #ended > 0 then
  redis.call('ZREM', KEYS[1], unpack(ended))
  redis.call('HDEL', KEYS[2], unpack(ended))
end
local held = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf')) do
  if string.sub(name, 1, #ARGV[1]) == ARGV[1] then
    held[#held + 1] = name
    held[#held + 1] = redis.call('HGET', KEYS[2], name)
  end
end
return held
