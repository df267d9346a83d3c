-- Pauses, resumes or cancels a batch. ARGV: batch, PAUSE, RESUME or CANCEL, id of this request,
-- ordinal from which to go on cancelling. At most 100,000 recipients become cancelled at a time.
-- Returns 1 or 0 (no such batch, or it is completed or cancelled), and the ordinal to go on from, or
-- -1 at the end.
even_when_full()
local now = clock()
local batch, order = ARGV[1], ARGV[2]
local key = K .. 'b:' .. batch
local b = redis.call('HMGET', key, 'k', 'ca', 'dn')
if not b[1] or b[2] ~= ARGV[3] and (b[2] or b[3]) then
  return { 0, -1 }
end
keep(batch)
if order == 'PAUSE' then
  redis.call('HSET', key, 'pa', 1)
elseif order == 'RESUME' then
  redis.call('HDEL', key, 'pa')
else
  redis.call('HSET', key, 'ca', ARGV[3], 'xp', 0)
  redis.call('HDEL', key, 'pa')
  local first = tonumber(ARGV[4])
  local letters, many = convert(letters_of(batch, first, 100000), 'P', 'C')
  if many > 0 then
    write_letters(batch, first, letters)
    write_counts(batch)
  end
  first = first + #letters
  if not few and first < redis.call('STRLEN', K .. 's:' .. batch) then
    return { 1, first }
  end
  complete(batch, now)
end
return { 1, -1 }
