/** ListGroups: all groups of this broker. 4+ may ask for certain states, 5+ for certain types, of which there is only "classic". */
import { errorCodes } from '../../protocol/error-codes.ts'
import { listGroups as api } from '../../protocol/messages/list-groups.ts'
import { defineHandler } from './handler.ts'

const TYPE = 'classic'

const among = (word: string, filter: readonly string[]): boolean =>
  filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === word.toLowerCase())

export const listGroups = defineHandler({
  api,
  versions: [0, 5],
  handle({ statesFilter, typesFilter }, { broker }) {
    const groups = broker.groups.list().filter((group) => among(group.state, statesFilter) && among(TYPE, typesFilter))
    return {
      errorCode: errorCodes.NONE,
      groups: groups.map((group) => ({
        groupId: group.id,
        protocolType: group.protocolType ?? '',
        groupState: group.state,
        groupType: TYPE,
      })),
    }
  },
})
