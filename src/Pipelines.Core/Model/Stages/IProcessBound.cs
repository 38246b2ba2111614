using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core;

/// <summary>A stage whose result lives and dies with the process that ran it, such as a lock or a tunnel. A run that goes on runs it again, rather than taking its output over, where something of its environment is left to do or to undo.</summary>
[SuppressMessage("Design", "CA1040:Avoid empty interfaces", Justification = "it says something of a type, as IUndoable does; there is nothing to call")]
public interface IProcessBound;
