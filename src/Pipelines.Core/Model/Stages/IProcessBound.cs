namespace Pipelines.Core;

/// <summary>A stage whose result lives and dies with the process that ran it, such as a lock or a tunnel. A run that goes on runs it again, rather than taking its output over, where something of its environment is left to do or to undo.</summary>
public interface IProcessBound;
