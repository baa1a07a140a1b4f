/** A real Apache Flume 1.11 agent. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from '../../support/child.ts'
import { flume111 } from './maven.ts'

/** Starts agent `a` on these properties, in a small heap unless another is given; it logs to its standard error. */
export const startApacheFlume = (
  folder: string,
  properties: string,
  { heap = '256m', classPath = flume111() }: { readonly heap?: string; readonly classPath?: string } = {},
): Child => {
  const file = join(folder, 'flume.properties')
  writeFileSync(file, properties)
  const args = [
    `-Xmx${heap}`,
    '-cp',
    classPath,
    'org.apache.flume.node.Application',
    '-n',
    'a',
    '-f',
    file,
    '--no-reload-conf',
  ]
  return new Child('java', args, { cwd: folder })
}
