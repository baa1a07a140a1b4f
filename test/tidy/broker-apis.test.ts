/** What the broker's README promises to whoever adds an API: where its parts lie, and that there are no others to think of. */
import { describe, expect, it } from 'vitest'
import { handlers } from '../../src/broker/api/index.ts'
import { apis } from '../../src/protocol/messages/index.ts'
import { importsOf, projectFiles, read } from './tree.ts'

const tables = 'src/protocol/messages'
const answers = 'src/broker/api'

/** `DescribeLogDirs` lies in `describe-log-dirs.ts`. */
const fileOf = (apiName: string): string => `${apiName.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.ts`

/** The ACL calls have one answer, and so one file. */
const handlerFileOf = (apiName: string): string => (apiName.endsWith('Acls') ? 'acls.ts' : fileOf(apiName))

const advertised = handlers.map(({ api }) => api)
const files = projectFiles()

describe('each API of the broker', () => {
  it('has its table in a file of its own, which the list of tables names once', () => {
    const listed = importsOf(`${tables}/index.ts`)
    const wrong = advertised.filter(({ name }) => {
      const file = `${tables}/${fileOf(name)}`
      return listed.filter((each) => each === file).length !== 1 || !read(file).includes(`name: '${name}'`)
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
    expect(advertised.filter((api) => apis.filter((each) => each === api).length !== 1)).toEqual([])
  })

  it('has its handler in a file named after it, which the list of handlers names once', () => {
    const listed = importsOf(`${answers}/index.ts`)
    const expected = new Set(advertised.map(({ name }) => `${answers}/${handlerFileOf(name)}`))
    expect(listed.filter((file) => file !== `${answers}/handler.ts`).toSorted()).toEqual([...expected].toSorted())
    expect(new Set(advertised).size).toBe(advertised.length)
  })

  it('is defined nowhere else', () => {
    const source = files.filter((file) => /^src\/.*\.ts$/.test(file) && !/\.(test|fuzz)\.ts$/.test(file))
    const holding = (word: string): string[] => source.filter((file) => read(file).includes(word))
    const handlerFiles = new Set(advertised.map(({ name }) => `${answers}/${handlerFileOf(name)}`))
    const strays = (found: string[], folder: string): string[] => found.filter((file) => !file.startsWith(`${folder}/`))
    expect(strays(holding('= defineApi('), tables)).toEqual([])
    expect(holding('= defineHandler(').filter((file) => !handlerFiles.has(file))).toEqual([])
  })
})
