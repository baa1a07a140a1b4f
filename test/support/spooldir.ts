/** spooldir over a temporary folder, looking every 5 ms. */
import { spooldir } from '../../sources/spooldir/spooldir.ts'
import { FileSourceRig } from './file-source.ts'

export const spoolRig = (settings: Readonly<Record<string, string>> = {}): FileSourceRig =>
  new FileSourceRig(spooldir, (folder) => ({ spoolDir: folder, pollDelay: '5', writePosInterval: '5', ...settings }))
