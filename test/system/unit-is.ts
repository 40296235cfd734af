/** Whether a notification tells that a unit is in a state. */
export const unitIs =
  (activeState: string) =>
  ({ unit }: Record<string, unknown>): boolean =>
    (unit as { activeState: string }).activeState === activeState;
