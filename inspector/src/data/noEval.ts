/** Schemas that compile themselves would need `eval`, which the page's security policy forbids. Imported first. */
import { config } from 'zod';

config({ jitless: true });
