import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sourceConformance } from '../../test/conformance/source.ts'
import { valuesOf } from '../../test/support/values.ts'
import { tail } from './tail.ts'

sourceConformance('tail', ({ defer }) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tail-'))
  defer(() => rmSync(folder, { recursive: true, force: true }))
  const settings = {
    file: `${folder}/log`,
    startAt: 'beginning',
    positionFile: `${folder}/position.json`,
    pollInterval: '10',
    batchSize: '10',
  }
  appendFileSync(`${folder}/log`, '')
  return {
    create: (context) => tail.create(valuesOf(tail.settings, settings), context),
    feed: (bodies) => appendFileSync(`${folder}/log`, bodies.map((body) => `${body}\n`).join('')),
    readsAgain: true,
    batchSize: 10,
  }
})
