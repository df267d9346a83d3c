-- A task is finished. ARGV: id, token. Returns 1, or 0 when stale.
-- A task that is younger than a re-sent write can be leaves an empty payload behind, which keeps the
-- write from reviving it.
even_when_full()
local now = clock()
local id = ARGV[1]
local e, before = held(id, ARGV[2])
if not e then
  return { before }
end
end_lease(id, e)
remove(id, e.batch)
if now - e.created < 20000 then
  redis.call('SET', K .. 'y:' .. id, '', 'EX', 20)
end
finish()
return { 1 }
