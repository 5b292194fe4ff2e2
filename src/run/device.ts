import { say, sentence } from '../language/say';
/** The GPU device that a run owns. */

export interface GpuHandle {
  readonly device: GPUDevice;
  /** `swiftshader (google)`. */
  readonly adapter: string;
  /** A software adapter: correct and slow. */
  readonly software: boolean;
  /** Why the device went away, once it has. */
  lossReason(): string | undefined;
  /** What went wrong on the device since this was asked last: out of memory, or a shader or a call that it refused. */
  failure(): string | undefined;
}

export type GpuResult =
  | { readonly gpu: GpuHandle }
  /** Why there is none; `passedOver`: the adapter in software that was not taken. */
  | { readonly reason: string; readonly passedOver?: string };

const features: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

/** Limits whose defaults are far below what adapters have. */
const limits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

const softwareNames = /swiftshader|llvmpipe|lavapipe|basic render|warp/i;

function describe(info: GPUAdapterInfo): string {
  const name = info.description || info.device || info.architecture || say('unnamed adapter');
  return info.vendor && !name.toLowerCase().includes(info.vendor.toLowerCase()) ? `${name} (${info.vendor})` : name;
}

function failureOf(error: GPUError): string {
  if (error.constructor.name === 'GPUOutOfMemoryError')
    return say('The GPU has no memory left. Choose a smaller batch or image, or fewer candidates, then run again.');
  const reason = error.message.split('\n').find((line) => line.trim() !== '') ?? say('it gave no reason');
  return say(
    'The GPU refused to run this model ({0}). Choose a smaller batch or image, or run on the CPU instead.',
    sentence(reason.trim()),
  );
}

/**
 * Asks for a device with all that the adapter offers and the runtime can use; else says why there is none.
 * @param takesSoftware an adapter in software will do, though it is slower than WebAssembly on the same processor
 */
export async function requestGpu(gpu: GPU | undefined, takesSoftware = true): Promise<GpuResult> {
  if (!gpu) return { reason: say('WebGPU is not available here') };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { reason: say('there is no GPU adapter') };
  const name = describe(adapter.info);
  const software = adapter.info.isFallbackAdapter || softwareNames.test(`${name} ${adapter.info.architecture}`);
  if (software && !takesSoftware)
    return { reason: say('the GPU adapter here is software ({0}), which is slower', name), passedOver: name };
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
    });
  } catch (error) {
    return {
      reason: say(
        'the GPU adapter gave no device: {0}',
        sentence(error instanceof Error ? error.message : String(error)),
      ),
    };
  }
  let lost: string | undefined;
  void device.lost.then((info) => {
    lost = info.message || info.reason || say('no reason was given');
  });
  let failed: string | undefined;
  device.addEventListener('uncapturederror', (event) => {
    // Without this the run goes on with buffers that hold nothing, and its numbers are wrong without a word.
    event.preventDefault();
    failed ??= failureOf(event.error);
  });
  const failure = () => {
    const told = failed;
    failed = undefined;
    return told;
  };
  return { gpu: { device, adapter: name, software, lossReason: () => lost, failure } };
}
