-- KEYS[1] the article, a hash with free, held and sold: article:{7}     KEYS[2] the mark of this branch: fence:{7}:GID:BRANCH
-- ARGV[1] the operation     ARGV[2] pieces     ARGV[3] for how many seconds to keep a finished mark; 0 for ever
local op, pieces, keep_seconds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local table_of = {
  try = {none = {'RAN', 'tried'}, tried = {'ALREADY_DONE'}, confirmed = {'ALREADY_DONE'},
    cancelled = {'REFUSED'}, never_tried = {'REFUSED'}},
  confirm = {none = {'NOT_TRIED'}, tried = {'RAN', 'confirmed'}, confirmed = {'ALREADY_DONE'}},
  cancel = {none = {'EMPTY', 'never_tried'}, tried = {'RAN', 'cancelled'}, cancelled = {'ALREADY_DONE'},
    never_tried = {'EMPTY'}},
  action = {none = {'RAN', 'acted'}, acted = {'ALREADY_DONE'}, compensated = {'REFUSED'}, never_acted = {'REFUSED'}},
  compensate = {none = {'EMPTY', 'never_acted'}, acted = {'RAN', 'compensated'}, compensated = {'ALREADY_DONE'},
    never_acted = {'EMPTY'}}
}
local moves = {
  try = {'free', 'held'}, confirm = {'held', 'sold'}, cancel = {'held', 'free'},
  action = {'free', 'sold'}, compensate = {'sold', 'free'}
}
local function whole(number, least)
  return number and number >= least and number % 1 == 0
end
if not table_of[op] or not whole(pieces, 1) or not whole(keep_seconds, 0) then
  return redis.error_reply('ERR malformed call: allowed are an operation, whole pieces from 1 on, whole seconds from 0 on')
end

local mark = redis.call('HMGET', KEYS[2], 'state', 'pieces')
local result, after = unpack(table_of[op][mark[1] or 'none'] or {'CONFLICT'})
-- Everything that can say no comes before the first write: what a script has written stays.
if result == 'RAN' then
  pieces = tonumber(mark[2]) or pieces
  local from, to = unpack(moves[op])
  if tonumber(redis.call('HGET', KEYS[1], from) or 0) < pieces then
    return 'REJECTED'
  end
  redis.call('HINCRBY', KEYS[1], from, -pieces)
  redis.call('HINCRBY', KEYS[1], to, pieces)
end
if after then
  redis.call('HSET', KEYS[2], 'state', after, 'pieces', pieces)
  if keep_seconds > 0 and after ~= 'tried' and after ~= 'acted' then
    redis.call('EXPIRE', KEYS[2], keep_seconds)
  end
end
return result
