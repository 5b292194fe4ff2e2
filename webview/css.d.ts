/** Style sheets are imported for their effect: esbuild gathers them beside the panel's script. */
declare module '*.css';
