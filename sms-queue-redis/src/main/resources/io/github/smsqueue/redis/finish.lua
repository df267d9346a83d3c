-- What became of recipients, and with it their task is finished. ARGV: id and token of the lease, then
-- those of record, of which there may be more than unpack can take. Returns 1, or 0 when the lease is
-- stale, then what record does.
local results = {}
for n = 3, #ARGV do
  results[n - 2] = ARGV[n]
end
local reply, kept = record(results)
local settled = done(ARGV, kept and kept >= RESENT)
table.insert(reply, 1, settled[1])
return reply
