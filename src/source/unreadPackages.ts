/**
 * Packages that no model takes a layer, a function of tensors or a size from. Where one is installed its files are not read:
 * what it gives is unknown, as it would be after seconds of reading whose end is a compiled module. In the project's own folder
 * a module of such a name is the project's. A package that holds layers, or gives values that make them, has no place here.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  // They tell how training goes.
  tracking: `aim,clearml,comet_ml,dvclive,mlflow,neptune,swanlab,tensorboard,tensorboardX,tensorboard_logger,
    tensorboard_plugin_wit,trackio,visdom,wandb`,
  // They show a person something.
  drawing: `IPython,altair,bokeh,colorama,colorlog,coloredlogs,cycler,dash,gradio,graphviz,ipywidgets,matplotlib,
    mpl_toolkits,notebook,plotly,prettytable,progressbar,pydot,pylab,pyqtgraph,pyvista,rich,seaborn,streamlit,tabulate,
    termcolor,torchviz,vispy,vtk`,
  // They hold and read data.
  data: `datasets,decord,evaluate,h5py,imageio,lmdb,moviepy,netCDF4,nibabel,openpyxl,pandas,polars,pyarrow,pydicom,
    tables,tifffile,webdataset,xarray,xlrd,zarr`,
  // They change and judge images, sounds, texts and molecules before and after the model.
  processing: `albumentations,audioread,augly,av,bs4,cityscapesscripts,cv2,face_alignment,gensim,imageio_ffmpeg,imgaug,jieba,
    lxml,mediapipe,motmetrics,nltk,open3d,pesq,pycocoevalcap,pycocotools,pydub,pyrender,pystoi,pyworld,rdkit,resampy,
    rouge_score,sacrebleu,sacremoses,seqeval,shapely,skimage,sklearn,sounddevice,soundfile,spacy,xgboost,lightgbm`,
  // They run models in other ways, and measure them.
  running: `coremltools,cupy,faiss,flax,haiku,jax,jaxlib,mxnet,onnx,onnx2tf,onnxruntime,onnxsim,openvino,
    optax,paddle,pynvml,pycuda,tensorrt,tf2onnx,tflite_runtime,thop`,
  // They reach other machines, and try settings.
  services: `bayes_opt,boto3,botocore,fastapi,flask,gdown,google,hyperopt,nevergrad,optuna,pymongo,ray,redis,selenium,
    submitit,uvicorn,wget`,
};

const names: ReadonlySet<string> = new Set(Object.values(PACKAGES).flatMap((each) => each.split(/[,\s]+/)));

/** The module that a file of such a package is, `pandas.core.frame`; undefined for every other file. */
export function unreadModule(file: string): string | undefined {
  const path = /[\\/](?:site|dist)-packages[\\/](.+)\.py$/.exec(file)?.[1];
  const parts = path?.split(/[\\/]/) ?? [];
  const root = parts[0];
  if (root === undefined || !names.has(root)) return undefined;
  return (parts.at(-1) === '__init__' ? parts.slice(0, -1) : parts).join('.');
}
