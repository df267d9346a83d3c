-- The latest batches. ARGV: limit, then the fields wanted of each. Returns an array of id and fields
-- for each.
even_when_full()
local reply = {}
local fields = { unpack(ARGV, 2) }
for _, batch in ipairs(redis.call('ZREVRANGE', K .. 'recent', 0, -1)) do
  if #reply == tonumber(ARGV[1]) then
    break
  end
  if redis.call('EXISTS', K .. 'b:' .. batch) == 1 then
    local row = redis.call('HMGET', K .. 'b:' .. batch, unpack(fields))
    table.insert(row, 1, batch)
    reply[#reply + 1] = row
  else
    redis.call('ZREM', K .. 'recent', batch)
  end
end
return reply
