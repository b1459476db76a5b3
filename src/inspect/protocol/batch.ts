/** `POST /api/ask`: many questions in one request, answered line by line. */
import { z } from 'zod';

/** Most questions of one request. */
export const BATCH_MAX = 64;

export const BatchQuestions = z.object({
  questions: z
    .array(z.object({ name: z.string(), question: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(BATCH_MAX),
});
export type BatchQuestions = z.infer<typeof BatchQuestions>;

/** A line of the answer: to question `i`, an answer by the schema of its endpoint, or what was wrong with it. */
export const AskedLine = z.union([
  z.object({ i: z.int(), answer: z.unknown() }),
  z.object({ i: z.int(), error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type AskedLine = z.infer<typeof AskedLine>;
