import { basename } from "node:path";
import type { Finding } from "../finding.ts";
import type { Complaint, Spot } from "./complaint.ts";
import { mendComplaints } from "./mend-units.ts";
import { someOf } from "./some-of.ts";

/** Where something stands, as far as it may be the same for several units: their own files count as one. */
function kindOfPlace({ at, unit }: Complaint): string {
  if (at === null) return "";
  return at.file === unit.raw.FragmentPath ? `:${at.line ?? ""}` : `${basename(at.file)}:${at.line ?? ""}`;
}

const keyOf = (complaint: Complaint): string => {
  const { code, severity, unit, general, problem } = complaint;
  return JSON.stringify([code, severity, unit.template.name, general ?? problem, kindOfPlace(complaint)]);
};

const spotMembers = (at: Spot | null): Partial<Spot> => at ?? {};

/** Whether the place says already which unit it is about. */
const isTold = ({ at, unit }: Complaint): boolean =>
  at === null || [unit.label, `${unit.label}.d`].some((name) => at.file.split("/").includes(name));

function findingOf(complaints: readonly Complaint[]): Finding[] {
  const [first, ...others] = complaints;
  if (first === undefined) return [];
  const { code, severity, unit, problem, general = problem, at } = first;
  const { mend, hindrance } = mendComplaints(complaints);
  const about = { code, severity, ...spotMembers(at), mend };
  const labels = [...new Set(complaints.map((each) => each.unit.label))];
  if (others.length === 0 || labels.length === 1) {
    const subject = isTold(first) ? "" : `${unit.label}: `;
    return [{ ...about, unit: unit.label, text: `${subject}${problem}${hindrance}` }];
  }
  const users = [...new Set(complaints.map((each) => each.unit.user))];
  const subject = `${labels.length} units (of ${someOf(users)}), each`;
  return [{ ...about, units: labels, text: `${subject}: ${general}${hindrance}` }];
}

/** The same fault of several units is told once, be it because they share a file or because theirs were made alike. */
export function gather(complaints: readonly Complaint[]): Finding[] {
  const groups = new Map<string, Complaint[]>();
  for (const complaint of complaints) {
    const key = keyOf(complaint);
    groups.set(key, [...(groups.get(key) ?? []), complaint]);
  }
  return [...groups.values()].flatMap(findingOf);
}
