import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/indicators/registry.ts';
import { CHOICES } from './choices.ts';
import { describeContract } from './contract.ts';

describe('the built-in indicators', () => {
  it('are all put to the contract', () => {
    expect(createRegistry().names()).toEqual(Object.keys(CHOICES).sort());
  });
});

for (const [name, choices] of Object.entries(CHOICES)) {
  for (const chosen of choices) describeContract(createRegistry().find(name)!, chosen);
}
