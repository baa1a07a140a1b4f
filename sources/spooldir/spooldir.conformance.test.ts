import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sourceConformance } from '../../test/conformance/source.ts'
import { valuesOf } from '../../test/support/values.ts'
import { spooldir } from './spooldir.ts'

sourceConformance('spooldir', ({ defer }) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-spooldir-'))
  defer(() => rmSync(folder, { recursive: true, force: true }))
  let files = 0
  return {
    create: (context) =>
      spooldir.create(valuesOf(spooldir.settings, { spoolDir: folder, batchSize: '10', pollDelay: '5' }), context),
    feed(bodies) {
      const name = `${folder}/${String(files++).padStart(6, '0')}`
      writeFileSync(`${folder}/.tmp`, bodies.map((body) => `${body}\n`).join(''))
      renameSync(`${folder}/.tmp`, name)
    },
    readsAgain: true,
    batchSize: 10,
  }
})
