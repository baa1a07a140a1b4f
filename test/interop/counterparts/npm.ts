/** Clients for Node in another version than the one that the project is tested with. */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, cached } from './toolchain.ts'

/** Installs `<name>@<version>` into a folder of its own and gives the URL to import it by. */
export const npmPackage = (name: string, version: string): string => {
  const wanted = `${name}@${version}`
  const folder = cached(`npm-${wanted.replace(/^@/, '').replaceAll(/[@/]/g, '-')}`, wanted, (made) => {
    writeFileSync(join(made, 'package.json'), '{ "private": true }\n')
    build('npm', ['install', '--prefix', made, '--ignore-scripts', '--no-audit', '--no-fund', wanted], made)
  })
  return pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href
}
