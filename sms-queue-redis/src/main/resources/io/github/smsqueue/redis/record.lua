-- What became of recipients. ARGV: batch, first of the slice, token (0: a receipt), first changed,
-- one letter for each from there on ('.': unchanged), then ordinal, note, ...
-- Returns 1 when stale, 1 when the batch is completed.
even_when_full()
local now = clock()
local batch, token, first, wanted = ARGV[1], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local b = redis.call('HMGET', K .. 'b:' .. batch, 'k', 't' .. ARGV[2], 'dn')
if not b[1] or token ~= '0' and b[2] ~= token then
  return { 1, 0 }
end
local allowed = token == '0' and MAY_BECOME_BY_RECEIPT or MAY_BECOME
local found = letters_of(batch, first, #wanted)
wanted = string.sub(wanted, 1, #found)

-- What the recipients become, by the rule.
local function ruled()
  local from, to = string.sub(found, 1, 1), string.sub(wanted, 1, 1)
  if allowed[from .. to]
    and found == string.rep(from, #found)
    and wanted == string.rep(to, #wanted) then
    -- A whole call with one result, as most are.
    count(from, -#found)
    count(to, #found)
    return wanted
  end
  local letters = {}
  for n = 1, #found do
    from, to = string.sub(found, n, n), string.sub(wanted, n, n)
    if allowed[from .. to] then
      letters[n] = to
      count(from, -1)
      count(to, 1)
    else
      letters[n] = from
    end
  end
  return table.concat(letters)
end

local letters = ruled()
if letters ~= found then
  write_letters(batch, first, letters)
  write_counts(batch)
  for n = 6, #ARGV, 2 do
    local at = tonumber(ARGV[n]) - first + 1
    if at >= 1 and at <= #found and string.sub(letters, at, at) ~= string.sub(found, at, at) then
      write_note(batch, ARGV[n], ARGV[n + 1])
    end
  end
  if #ARGV > 5 and b[3] then
    notes_go_with(batch)
  end
end
return { 0, b[3] and 1 or complete(batch, now) }
