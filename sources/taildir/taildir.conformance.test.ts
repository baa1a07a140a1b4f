import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sourceConformance } from '../../test/conformance/source.ts'
import { valuesOf } from '../../test/support/values.ts'
import { taildir } from './taildir.ts'

sourceConformance('TAILDIR', ({ defer }) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-taildir-'))
  defer(() => rmSync(folder, { recursive: true, force: true }))
  const settings = {
    filegroups: 'g',
    'filegroups.g': `${folder}/log`,
    positionFile: `${folder}/positions.json`,
    batchSize: '10',
    pollInterval: '10',
  }
  return {
    create: (context) => taildir.create(valuesOf(taildir.settings, settings), context),
    feed: (bodies) => appendFileSync(`${folder}/log`, bodies.map((body) => `${body}\n`).join('')),
    readsAgain: true,
    batchSize: 10,
  }
})
