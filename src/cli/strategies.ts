/** The strategies that the command line knows by name. */
import { SmaCross } from '../actors/smaCross.ts';

export const STRATEGIES = { 'sma-cross': SmaCross };
