/** Where the package's own files are, whether the sources run or what `npm run build` made of them. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const findUp = (from: string): string => {
  let folder = from
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) return from
    folder = parent
  }
  return folder
}

/** The folder that holds package.json, bin/ and conf/. */
export const packageFolder = findUp(dirname(fileURLToPath(import.meta.url)))

export const packageFile = (...path: readonly string[]): string => join(packageFolder, ...path)
