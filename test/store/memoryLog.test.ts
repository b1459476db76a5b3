import { MemoryLog } from '../../src/store/memoryLog.ts';
import { describeEventLog } from '../contract/eventLogContract.ts';

describeEventLog('a log in memory', async () => new MemoryLog());
