// Every error that is no defect of Millrace says what to do.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../src');

interface Made {
  readonly place: string;
  readonly properties: readonly string[];
  readonly isInternal: boolean;
}

/** The errors that a file makes from properties of its own. */
function errorsOf(path: string, text: string): readonly Made[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const made: Made[] = [];
  const visit = (node: ts.Node): void => {
    const [argument] = ts.isNewExpression(node) ? (node.arguments ?? []) : [];
    if (argument !== undefined && ts.isObjectLiteralExpression(argument) && ts.isNewExpression(node))
      if (/^(Millrace|Known)Error$/.test(node.expression.getText()))
        made.push({
          place: `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
          properties: argument.properties.map((property) =>
            ts.isSpreadAssignment(property) ? '...' : property.name.getText(),
          ),
          isInternal: /domain: 'internal'/.test(argument.getText()),
        });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return made;
}

const lackHint = ({ properties, isInternal }: Made): boolean =>
  !isInternal && !properties.includes('hint') && !properties.includes('...');

it('errors have hints', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const all = files.flatMap((path) => errorsOf(path, readFileSync(join(ROOT, path), 'utf8')));
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter(lackHint).map(({ place }) => place)).toEqual([]);
});

it('an error without one is found', () => {
  const text = "throw new MillraceError({ code: 'X', message: 'y' });";
  expect(errorsOf('a.ts', text).filter(lackHint)).toHaveLength(1);
});
