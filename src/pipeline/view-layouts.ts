// The layout in Postgres of a view in the catalog.

import type { KeptDef } from '../catalog/definition.ts';
import type { ViewLayout } from '../views/view-layout.ts';
import { layoutView } from '../views/view-layout.ts';
import { numberOf } from './catalog-store.ts';

export function layoutOfView(view: KeptDef): ViewLayout {
  return layoutView({
    viewId: numberOf(view.id),
    pipelineId: numberOf(view.pipelineId),
    schemaName: view.schema,
    name: view.name,
    schema: [...view.columns, ...view.hidden],
    visible: view.columns.length,
    key: view.key,
    appendOnly: view.appendOnly,
  });
}
