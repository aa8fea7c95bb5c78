-- What was written up to a position is on another server too: readers may go there, and are told.
local head, entries, feed, channel = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local chain, revision, writes, conversation, node = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]

local known = redis.call('HMGET', head, 'chain', 'horizon', 'writes', 'durable', 'durableWrites')
-- After a failover this server may not have what was written on another.
if (tonumber(known[3]) or 0) < writes then
    return 0
end
if revision > 0 and known[1] ~= chain then
    local row = redis.call('HGET', entries, revision)
    local cut = known[2] and struct.unpack('>I8', known[2], 2) >= revision
    if not cut and not (row and string.find(row, string.sub(chain, 10), 1, true)) then
        return 0
    end
end
local changed = false
if revision > 0 and (not known[4] or struct.unpack('>I8', known[4], 2) < revision) then
    redis.call('HSET', head, 'durable', chain)
    changed = true
end
if (tonumber(known[5]) or 0) < writes then
    redis.call('HSET', head, 'durableWrites', writes)
    changed = true
end
if changed then
    local count = redis.call('INCR', feed)
    redis.call('SPUBLISH', channel, '\1' .. struct.pack('>I8I8I8', count, revision, writes) .. node .. conversation)
end
return 1
