import assert from 'node:assert/strict';
import type { Graph } from '../../src/graph/types';
import { requestGpu } from '../../src/run/device';
import { requireMemory, weightBytes } from '../../src/run/memory';
import type { Runtime } from '../../src/run/runtime';
import { smallCnn } from '../support/models';

type Where = Pick<Runtime, 'device' | 'gpu'>;

const wasm: Where = { device: 'wasm', gpu: undefined };

function webgpu(limit: number): Where {
  const device = { limits: { maxBufferSize: limit, maxStorageBufferBindingSize: limit } } as unknown as GPUDevice;
  return {
    device: 'webgpu',
    gpu: { device, adapter: 'test', software: false, lossReason: () => undefined, failure: () => undefined },
  };
}

function withWeights(elements: number): Graph {
  const type = { dtype: 'float32', shape: [elements] } as const;
  return {
    ...smallCnn(),
    storages: [{ type, trainable: true, initialiser: { kind: 'constant', value: 0 }, value: 0 }],
  };
}

describe('the memory check', () => {
  it('lets small models pass', () => {
    requireMemory(smallCnn(), 10, wasm);
    requireMemory(smallCnn(), 10, webgpu(2 ** 27));
    assert.ok(weightBytes(smallCnn()) > 4 * 12 * 8 * 9);
  });

  it('says how many candidates fit, or that the model does not', () => {
    assert.throws(
      () => requireMemory(withWeights(60e6), 12, wasm),
      /12 copies of SmallCnn \(229 MB each\).*at most 7 candidates/,
    );
    assert.throws(() => requireMemory(withWeights(1e9), 2, wasm), /weights of SmallCnn take 3\.7 GB.*smaller variant/);
  });

  it('knows what the adapter binds', () => {
    assert.throws(() => requireMemory(smallCnn(64), 2, webgpu(2 ** 18)), /tensor of 1 MB.*smaller batch/);
  });
});

describe('the device', () => {
  it('is absent with a reason', async () => {
    assert.deepEqual(await requestGpu(undefined), { reason: 'WebGPU is not available here' });
    const none = { requestAdapter: async () => null } as unknown as GPU;
    assert.deepEqual(await requestGpu(none), { reason: 'there is no GPU adapter' });
    const refusing = {
      requestAdapter: async () => ({
        features: new Set(),
        limits: {},
        info: { vendor: '', architecture: '', description: 'some GPU', device: '', isFallbackAdapter: false },
        requestDevice: async () => {
          throw new Error('out of memory');
        },
      }),
    } as unknown as GPU;
    const software = {
      requestAdapter: async () => ({
        info: { architecture: 'swiftshader', vendor: 'google', isFallbackAdapter: true },
      }),
    } as unknown as GPU;
    assert.deepEqual(await requestGpu(software, false), {
      reason: 'the GPU adapter here is software (swiftshader (google)), which is slower',
      passedOver: 'swiftshader (google)',
    });
    assert.deepEqual(await requestGpu(refusing), { reason: 'the GPU adapter gave no device: out of memory' });
  });

  it('comes with all that the adapter offers, and tells when it was lost', async () => {
    let asked: GPUDeviceDescriptor | undefined;
    let lose: (info: unknown) => void = () => {};
    const lost = new Promise((resolve) => {
      lose = resolve;
    });
    let fail: (event: unknown) => void = () => {};
    const gpu = {
      requestAdapter: async () => ({
        features: new Set(['timestamp-query', 'float32-blendable']),
        limits: { maxBufferSize: 12345 },
        info: { vendor: 'acme', architecture: 'swiftshader', description: '', device: '', isFallbackAdapter: false },
        requestDevice: async (descriptor: GPUDeviceDescriptor) => {
          asked = descriptor;
          const addEventListener = (_name: string, listener: typeof fail) => {
            fail = listener;
          };
          return { lost, addEventListener };
        },
      }),
    } as unknown as GPU;
    const found = await requestGpu(gpu);
    assert.ok('gpu' in found);
    assert.deepEqual(asked?.requiredFeatures, ['timestamp-query']);
    assert.equal(asked?.requiredLimits?.maxBufferSize, 12345);
    assert.deepEqual(
      [found.gpu.adapter, found.gpu.software, found.gpu.lossReason()],
      ['swiftshader (acme)', true, undefined],
    );
    class GPUOutOfMemoryError {
      message = 'no room';
    }
    class GPUValidationError {
      message = 'binding 3 is too large';
    }
    const told = (error: object) => {
      fail({ error, preventDefault: () => {} });
      return found.gpu.failure();
    };
    assert.equal(found.gpu.failure(), undefined);
    assert.match(told(new GPUOutOfMemoryError()) ?? '', /no memory left\. Choose a smaller batch/);
    assert.match(told(new GPUValidationError()) ?? '', /refused to run this model \(binding 3 is too large\)/);
    assert.equal(found.gpu.failure(), undefined);
    lose({ reason: 'unknown', message: 'driver reset' });
    await lost;
    assert.equal(found.gpu.lossReason(), 'driver reset');
  });
});
