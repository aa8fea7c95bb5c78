import type { DeskConversation } from '../../src/desk/index.ts';
import type { Client } from '../../src/index.ts';
import type { DeskApi } from './desk-api.ts';
import type { People } from './people.ts';
import type { TemplateSource } from './template-source.ts';
import type { VersionsDialog } from './versions-dialog.ts';

/** What the parts of the desk have beyond those of the visitor's page. */
export interface DeskTools {
  readonly client: Client;
  readonly desk: DeskConversation;
  readonly api: DeskApi;
  readonly versions: VersionsDialog;
  readonly templates: TemplateSource;
  readonly people: People;
}
