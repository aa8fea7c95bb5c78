-- Moves a log's beginning to a position, a bounded way from where it was. Returns the revision where it begins now.
local head, entries = KEYS[1], KEYS[2]
local before, horizon = tonumber(ARGV[1]), ARGV[2]
local known = redis.call('HGET', head, 'horizon')
local begins = known and struct.unpack('>I8', known, 2) or 0
if begins ~= before then
    return begins
end
local revision = struct.unpack('>I8', horizon, 2)
local fields = {}
for at = before + 1, revision do
    fields[#fields + 1] = string.format('%d', at)
end
redis.call('HDEL', entries, unpack(fields))
redis.call('HSET', head, 'horizon', horizon)
return revision
