-- Compares where a log ends and the outbox rows that are answered, and appends. All or nothing.
-- A position is a format byte, the revision and the hash of the chain: 41 bytes.
local head, entries, outboxes, blocks, logs, inbox, feed, channel =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local START = '\2' .. string.rep('\0', 40)

local at = 0
local function take()
    at = at + 1
    return ARGV[at]
end

local function pairsOf()
    local list = {}
    for i = 1, tonumber(take()) do
        list[i] = { take(), take() }
    end
    return list
end

-- The last seq is at the end of a row.
local function seq(row)
    return struct.unpack('>I8', string.sub(row, -8))
end

local expected, last, conversation, node, announced = take(), take(), take(), take(), take()
local added, erased, expired, rows, changed = pairsOf(), pairsOf(), pairsOf(), pairsOf(), pairsOf()
local summary, place, snapshot, since, snapshotRevision = take(), take(), take(), take(), take()

local known = redis.call('HMGET', head, 'chain', 'snapshotRevision', 'place', 'writes')
local chain = known[1] or START
if string.sub(chain, 1, #expected) ~= expected then
    -- Sent twice: the log has the last of these entries already. Who only wants to know that expects nothing that can be.
    if #added > 0 then
        local row = redis.call('HGET', entries, added[#added][1])
        if row and string.find(row, string.sub(last, 10), 1, true) then
            return { 1, tonumber(known[4]) }
        end
    end
    return { 0, 0 }
end

local expiring = {}
for _, row in ipairs(expired) do
    local stored = redis.call('HGET', outboxes, row[1])
    if stored and string.sub(stored, -8) ~= string.sub(row[2], -8) then
        return { 0, 0 }
    end
    expiring[row[1]] = true
end
for _, row in ipairs(rows) do
    local stored = redis.call('HGET', outboxes, row[1])
    if stored and stored ~= row[2] and not expiring[row[1]] and seq(stored) >= seq(row[2]) then
        return { 0, 0 }
    end
end
if snapshot ~= '' and since ~= '0' and since ~= (known[2] or '0') then
    return { 0, 0 }
end

for _, entry in ipairs(added) do
    redis.call('HSET', entries, entry[1], entry[2])
end
for _, entry in ipairs(erased) do
    if redis.call('HEXISTS', entries, entry[1]) == 1 then
        redis.call('HSET', entries, entry[1], entry[2])
    end
end
for _, row in ipairs(expired) do
    redis.call('HDEL', outboxes, row[1])
end
for _, row in ipairs(rows) do
    redis.call('HSET', outboxes, row[1], row[2])
end
if #added > 0 then
    redis.call('HSET', head, 'chain', last)
    if chain == START then
        redis.call('ZADD', logs, 0, conversation)
    end
end
if summary ~= '' then
    redis.call('HSET', head, 'summary', summary, 'place', place)
    if known[3] and known[3] ~= place then
        redis.call('ZREM', inbox, known[3])
    end
    redis.call('ZADD', inbox, 0, place)
end
if snapshot ~= '' then
    if since == '0' then
        redis.call('DEL', blocks)
    end
    for _, block in ipairs(changed) do
        redis.call('HSET', blocks, block[1], block[2])
    end
    redis.call('HSET', head, 'snapshot', snapshot, 'snapshotRevision', snapshotRevision)
end

local writes = redis.call('HINCRBY', head, 'writes', 1)
if announced == '1' then
    local count = redis.call('INCR', feed)
    local revision = struct.unpack('>I8', last, 2)
    redis.call('SPUBLISH', channel, '\1' .. struct.pack('>I8I8I8', count, revision, writes) .. node .. conversation)
end
return { 1, writes }
