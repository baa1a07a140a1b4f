/** ListGroups: all groups of this broker. 4+ may ask for certain states, 5+ for certain types: classic or consumer. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { listGroups as api } from '../../protocol/messages/list-groups.ts'
import { CONSUMER, type Group } from '../groups/group.ts'
import { defineHandler } from './handler.ts'

const among = (word: string, filter: readonly string[]): boolean =>
  filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === word.toLowerCase())

const told = ({ id, protocolType, state, consumer }: Group) => ({
  groupId: id,
  protocolType: consumer === undefined ? (protocolType ?? '') : CONSUMER,
  groupState: consumer?.state ?? state,
  groupType: consumer === undefined ? 'classic' : 'consumer',
})

export const listGroups = defineHandler({
  api,
  versions: [0, 5],
  handle({ statesFilter, typesFilter }, { broker }) {
    const groups = broker.groups
      .list()
      .map(told)
      .filter(({ groupState, groupType }) => among(groupState, statesFilter) && among(groupType, typesFilter))
    return { errorCode: errorCodes.NONE, groups }
  },
})
