-- What became of recipients, and with it their task is finished. ARGV: id and token of the lease, then
-- those of record. Returns 1, or 0 when the lease is stale, then what record does.
local reply, kept = record({ unpack(ARGV, 3) })
local settled = done(ARGV, kept and kept >= RESENT)
table.insert(reply, 1, settled[1])
return reply
