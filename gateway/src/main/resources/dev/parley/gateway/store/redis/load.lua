-- A conversation as it is at one moment: head, outbox rows, the entry of the snapshot, the entries after it, blocks.
-- Who asked verifies it; a position that is none is taken for the start.
local head, entries, outboxes, blocks = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local known = redis.call('HMGET', head, 'chain', 'horizon', 'snapshot', 'snapshotRevision', 'summary', 'writes',
    'durable', 'durableWrites')

local function revision(position)
    return position and #position == 41 and struct.unpack('>I8', position, 2) or 0
end

local start = revision(known[2])
if ARGV[1] == 'snapshot' then
    start = math.max(start, tonumber(known[4] or '0'))
end
local finish = revision(known[1])
local log = {}
for from = start + 1, finish, 1000 do
    local fields = {}
    for at = from, math.min(from + 999, finish) do
        fields[#fields + 1] = string.format('%d', at)
    end
    for _, row in ipairs(redis.call('HMGET', entries, unpack(fields))) do
        log[#log + 1] = row
    end
end
return {
    known,
    redis.call('HGETALL', outboxes),
    redis.call('HGET', entries, string.format('%d', start)),
    log,
    ARGV[1] == 'snapshot' and redis.call('HGETALL', blocks) or {},
}
