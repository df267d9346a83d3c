-- Entries whose payloads were written before enter the queue. ARGV: id, batch, lane, delay ms, ...
-- Returns how many payloads were missing.
unless_moving()
local now = clock()
local missing, batches = 0, {}
for n = 1, #ARGV, 4 do
  local id, batch = ARGV[n], ARGV[n + 1]
  local verdict = addable(id)
  if verdict == 1 then
    add(id, batch, ARGV[n + 2], tonumber(ARGV[n + 3]), now)
  elseif verdict == -1 then
    missing = missing + 1
  end
  batches[batch] = true
end
for batch in pairs(batches) do
  keep(batch)
end
finish()
return { missing }
