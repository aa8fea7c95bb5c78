-- Part of a log: where it ends and begins, the revision the part follows, the entry there, the entries after it; and where it
-- ends for who appends, and the revision of its snapshot.
-- Who asked verifies it; a position that is none is taken for the start.
local head, entries = KEYS[1], KEYS[2]
local from, to, max, finish = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local known = redis.call('HMGET', head, finish, 'horizon', 'chain', 'snapshotRevision')

local function revision(position)
    return position and #position == 41 and struct.unpack('>I8', position, 2) or 0
end

local first = math.max(from, revision(known[2]))
local last = math.min(to, revision(known[1]), first + max)
local log = {}
if first < last then
    local fields = {}
    for at = first + 1, last do
        fields[#fields + 1] = string.format('%d', at)
    end
    log = redis.call('HMGET', entries, unpack(fields))
end
return {
    known[1],
    known[2],
    first,
    redis.call('HGET', entries, string.format('%d', first)),
    log,
    known[3],
    known[4],
}
