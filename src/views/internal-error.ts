// A view and the engine disagree: a defect of ours, reported as such. It fails the pipeline and touches nothing else.

import { MillraceError } from '../errors.ts';

export function viewDefect(view: string, what: string): MillraceError {
  return new MillraceError({
    code: 'VIEW_DEFECT',
    domain: 'internal',
    message: `view ${view}: ${what}`,
    hint: 'this is a defect of Millrace, please report it with the service log; the view stays as of its last epoch',
  });
}
