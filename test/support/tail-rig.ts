/** The tail source on a folder of its own, quick to look and to write its position. */
import { tail } from '../../sources/tail/tail.ts'
import { until } from '../fakes/until.ts'
import { FileSourceRig, type Run } from './file-source.ts'

export const tailRig = (settings: Readonly<Record<string, string>> = {}): FileSourceRig =>
  new FileSourceRig(tail, (folder) => ({
    file: `${folder}/log`,
    pollInterval: '10',
    writePosInterval: '5',
    ...settings,
  }))

/** Resolves when it has said where it begins. */
export const following = ({ context }: Pick<Run, 'context'>): Promise<void> =>
  until(() => context.log.of('info').some((message) => message.startsWith('Following')), 'the start')
