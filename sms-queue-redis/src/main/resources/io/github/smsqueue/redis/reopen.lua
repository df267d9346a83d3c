-- Failed recipients of a slice become pending again. ARGV: batch, first, count.
-- Returns how many, or -1 when there is no such batch.
even_when_full()
local batch = ARGV[1]
local key = K .. 'b:' .. batch
local b = redis.call('HMGET', key, 'k', 'ik')
if not b[1] then
  return { -1 }
end
local letters, many =
  convert(letters_of(batch, tonumber(ARGV[2]), tonumber(ARGV[3])), 'F', 'P')
if many > 0 then
  write_letters(batch, ARGV[2], letters)
  write_counts(batch)
  uncomplete(batch, b[2])
end
return { many }
