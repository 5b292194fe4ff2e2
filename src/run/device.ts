/** The GPU device that a run owns. */

export interface GpuHandle {
  readonly device: GPUDevice;
  /** `swiftshader (google)`. */
  readonly adapter: string;
  /** A software adapter: correct and slow. */
  readonly software: boolean;
  /** Why the device went away, once it has. */
  lost(): string | undefined;
}

export type GpuResult = { readonly gpu: GpuHandle } | { readonly reason: string };

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
  const name = info.description || info.device || info.architecture || 'unnamed adapter';
  return info.vendor && !name.toLowerCase().includes(info.vendor.toLowerCase()) ? `${name} (${info.vendor})` : name;
}

/** Asks for a device with all that the adapter offers and the runtime can use; else says why there is none. */
export async function requestGpu(gpu: GPU | undefined): Promise<GpuResult> {
  if (!gpu) return { reason: 'WebGPU is not available here' };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { reason: 'there is no GPU adapter' };
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
    });
  } catch (error) {
    return { reason: `the GPU adapter gave no device: ${error instanceof Error ? error.message : String(error)}` };
  }
  let lost: string | undefined;
  void device.lost.then((info) => {
    lost = info.message || info.reason || 'no reason was given';
  });
  const name = describe(adapter.info);
  const software = adapter.info.isFallbackAdapter || softwareNames.test(`${name} ${adapter.info.architecture}`);
  return { gpu: { device, adapter: name, software, lost: () => lost } };
}
