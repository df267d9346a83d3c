-- A task is finished. ARGV: id, token. Returns 1, or 0 when stale.
-- A task that is younger than a re-sent write can be leaves an empty payload behind, which keeps the
-- write from reviving it. RedisScripts puts outlived before this: whether its batch, which does the same
-- for a payload that came with it, is kept for longer than that.
even_when_full()
local now = clock()
local id = ARGV[1]
local e, before = held(id, ARGV[2])
if not e then
  return { before }
end
end_lease(id, e)
remove(id, e.batch, e.unlisted)
if now - e.created < RESENT and not (outlived and e.small) then
  redis.call('SET', K .. 'y:' .. id, '', 'PX', RESENT)
end
end_step()
return { 1 }
