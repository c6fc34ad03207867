# SPDX-License-Identifier: BSD-3-Clause
# Completion of the heddle command for bash. The command itself knows the words: commands, options,
# and the names of ports, segments and switches that run.
_heddle()
{
	local cur word line=() IFS=$'\n'

	# as typed, with PORT=FILE in one piece
	if declare -F _get_comp_words_by_ref >/dev/null; then
		local words cword
		_get_comp_words_by_ref -n "=:" cur words cword
	else
		local words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
		cur=${COMP_WORDS[COMP_CWORD]}
	fi
	line=("${words[@]:1:cword}")
	COMPREPLY=()
	while read -r word; do
		case $word in
		%file)
			compopt -o filenames 2>/dev/null
			COMPREPLY+=($(compgen -f -- "${cur#*=}"))
			;;
		%dir)
			compopt -o filenames 2>/dev/null
			COMPREPLY+=($(compgen -d -- "$cur"))
			;;
		*=)
			compopt -o nospace 2>/dev/null
			COMPREPLY+=("$word")
			;;
		*)
			COMPREPLY+=("$word")
			;;
		esac
	done < <("${words[0]}" complete -- "${line[@]}" 2>/dev/null)
}
complete -F _heddle heddle
