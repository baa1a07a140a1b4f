/** The agent files that a new user starts one after the other in the same clone: none goes on where another has stopped, or writes among its output. */
import { expect, it } from 'vitest'
import { projectFiles, read } from './tree.ts'

const agentFiles = projectFiles().filter((file) => /^(conf|examples)\/.*\.properties$/.test(file))
const ofItsOwn =
  /^\w+\.(?:\S+\.(?:positionFile|checkpointDir|dataDirs|sink\.directory)|sinks\.\S+\.kafka\.topic) *= *(.+)$/gm

it('shipped agent files share no position file, folder or topic to write to', () => {
  const places = agentFiles.flatMap((file) =>
    [...new Set(Array.from(read(file).matchAll(ofItsOwn), ([, place = '']) => place))].map((place) => ({
      file,
      place,
    })),
  )
  expect(places.length).toBeGreaterThan(5)
  const shared = [...Map.groupBy(places, ({ place }) => place)].filter(([, users]) => users.length > 1)
  expect(shared).toEqual([])
})
