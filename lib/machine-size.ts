/** Sizes of machines by name, smallest first: shared CPUs and memory as Fly sells them, and bills by. */
export const MACHINES = {
  small: { cpuKind: "shared", cpus: 2, memoryMb: 2048 },
  medium: { cpuKind: "shared", cpus: 2, memoryMb: 4096 },
  large: { cpuKind: "shared", cpus: 4, memoryMb: 8192 },
} as const;
export type MachineSize = keyof typeof MACHINES;
export const MACHINE_SIZES = Object.keys(MACHINES) as [MachineSize, ...MachineSize[]];

export const isMachineSize = (name: string): name is MachineSize => Object.hasOwn(MACHINES, name);

const isLarger = (size: MachineSize, than: MachineSize): boolean =>
  MACHINE_SIZES.indexOf(size) > MACHINE_SIZES.indexOf(than);

/** Whether settings with this largest machine allow what was asked for; null: nothing was. */
export const mayHave = (wanted: MachineSize | null, largest: MachineSize): boolean =>
  wanted === null || !isLarger(wanted, largest);

/** `wanted`, or the largest that is allowed. */
export const cappedSize = (wanted: MachineSize, largest: MachineSize): MachineSize =>
  isLarger(wanted, largest) ? largest : wanted;

const memoryWords = (memoryMb: number): string => (memoryMb % 1024 === 0 ? `${memoryMb / 1024} GB` : `${memoryMb} MB`);
export const guestWords = ({ cpus, memoryMb }: { cpus: number; memoryMb: number }): string =>
  `${cpus} shared CPUs, ${memoryWords(memoryMb)}`;
